export declare const pseudoLanguage: string;
export declare function toPseudo(english: string): string;
export declare function fromPseudo(shown: string): string;
export declare function undisguised(shown: string, known?: RegExp): string[];
