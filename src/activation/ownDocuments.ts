/** Where documents come from; `Document` is VS Code's. */
export interface DocumentSource<Document> {
  open(): readonly Document[];
  onDidOpen(listener: (document: Document) => void): { dispose(): unknown };
  /** The settings that name more files of ours have changed. */
  onDidChangeFileSettings(listener: () => void): { dispose(): unknown };
}

/** Waits for the first document of ours; any other costs a look at its name. */
export class OwnDocuments<Document> {
  private readonly listeners: readonly { dispose(): unknown }[];

  /** @param found may be called again, until this is disposed of: loading what the document needs may have failed */
  constructor(
    private readonly source: DocumentSource<Document>,
    private readonly isOurs: (document: Document) => boolean,
    private readonly found: () => void,
  ) {
    this.listeners = [
      source.onDidOpen((document) => {
        if (isOurs(document)) found();
      }),
      source.onDidChangeFileSettings(() => this.look()),
    ];
  }

  /** Looks at what is open now. */
  look(): void {
    if (this.source.open().some((document) => this.isOurs(document))) this.found();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }
}
