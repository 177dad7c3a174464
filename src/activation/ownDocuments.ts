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
  private over = false;

  /**
   * @param telling loads what tells documents of ours from others, once there is a document
   * @param found may be called again, until this is disposed of: loading what the document needs may have failed
   */
  constructor(
    private readonly source: DocumentSource<Document>,
    private readonly telling: () => Promise<(document: Document) => boolean>,
    private readonly found: () => void,
  ) {
    this.listeners = [source.onDidOpen((document) => void this.tell([document])), source.onDidChangeFileSettings(() => this.look())];
  }

  /** Looks at what is open now. */
  look(): void {
    void this.tell(this.source.open());
  }

  dispose(): void {
    this.over = true;
    for (const listener of this.listeners) listener.dispose();
  }

  private async tell(documents: readonly Document[]): Promise<void> {
    if (documents.length > 0 && (await this.anyOurs(documents)) && !this.over) this.found();
  }

  /** Files that cannot be loaded are gone (an update has replaced them): whoever loads the rest then says what to do. */
  private async anyOurs(documents: readonly Document[]): Promise<boolean> {
    try {
      return documents.some(await this.telling());
    } catch {
      return true;
    }
  }
}
