import template from '../../resources/templates/greengrass-fleet-roles.template.json';

/** What looks like English words in a shown text, and is none of ours. */
const parts: readonly RegExp[] = [
  // Names that AWS or the workshop gave things.
  /\*\*Ref\*\*/,
  /\[ARN OF IoT Role Alias\]/,
  /(?<=^|\n)greengrass:…/,
  /attr:/,
  // The outputs of the bundled stack template tell of themselves.
  /(?:Arn|Name) of (?:the IAM Role for AWS IoT fleet provisioning|token exchange IAM role|the role alias to create)/,
  /(?:aws iot )?create-role-alias(?: command)?/,
  // Parameters of the bundled stack template, and their values.
  ...Object.values(template.Parameters).map(({ Description }) => new RegExp(Description.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))),
  /^(?:true|false)$/,
  // Commands to run.
  /sudo sh install\.sh/,
  /aws lambda add-permission/,
  /aws sso login/,
  // What AWS, its SDK and Node.js say in their own words.
  /The request signature we calculated does not match[^]*for details\./,
  /Could not resolve credentials using profile/,
  /The security token included in the request is expired/,
  /The SSO session associated with this profile is invalid[^]*corresponding profile/,
  /E[A-Z]{4,}: [a-z ]+(?:, \w+)?/,
  /The following resource\(s\) failed to delete: \[[\w, ]+\]\./,
  /Resource handler returned message: \\?"[^"]*"/,
  /Thing \S+ not found\\?\./,
  /Failed to list principals for thing \S+ because the thing does not exist in your account/,
  /Policy version not found \(/,
  /Unable to parse query, unsupported query type - fuzzy, query string/,
  // Reasons of CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
  /Resource creation Initiated|User Initiated/,
  // Names that the tests give profiles, folders and devices.
  /^\s*(?:• )?(?:(?:«[^»]*» )?(?:sandbox|work|right|sso|interrupted|workspace|second|Another|Valve|[Pp]ump)$|the claim\n|\*\*Pump)/,
];

export const known = new RegExp(parts.map(({ source }) => source).join('|'));
