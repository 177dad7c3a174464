/** The most that a list call of AWS IoT gives at once (https://docs.aws.amazon.com/iot/latest/apireference/API_ListThings.html): a page costs one call. */
export const largestPage = 250;

/** The most that a list call of AWS IoT Greengrass gives at once: https://docs.aws.amazon.com/greengrass/v2/APIReference/API_ListCoreDevices.html */
export const largestGreengrassPage = 100;
