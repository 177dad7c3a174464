/** The workspace folder as the steps see it. Paths are relative, with `/`. */
export interface WorkspaceFiles {
  /** Absolute path of the folder, for messages. */
  readonly root: string;
  exists(path: string): Promise<boolean>;
  /** Text of the file, with unsaved editor changes if it is open; undefined if there is none. */
  read(path: string): Promise<string | undefined>;
  /** Creates or replaces; through a WorkspaceEdit when the file is open, so that undo works. */
  write(path: string, text: string): Promise<void>;
  /**
   * Writes a secret: mode 0600 from the first byte, fsync of file and folder, atomic rename; never overwrites an
   * existing file unless `replace` is true. Resolves only once the bytes are on disk.
   */
  writePrivate(path: string, text: string, options?: { replace?: boolean }): Promise<void>;
  /** Reads a file whether or not it may be shown in an editor. Never logged. */
  readPrivate(path: string): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  delete(path: string): Promise<void>;
  /** Adds a line to the folder's .gitignore unless a line already covers it. */
  ensureIgnored(line: string): Promise<void>;
  /** True when git already tracks the path (so .gitignore no longer protects it); false without git. */
  isTrackedByGit(path: string): Promise<boolean>;
}
