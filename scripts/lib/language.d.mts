export declare function writeLanguagePack(dataFolder: string, language: string): void;
export declare function makePseudoExtension(folder: string): void;
