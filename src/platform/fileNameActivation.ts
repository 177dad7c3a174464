import * as vscode from 'vscode';
import { FILE_NAME_SCHEME } from '../ids';

/**
 * Activates the extension by the name of a file. VS Code has an event for each file of a language only, so that any
 * JSON file would start us. But its JSON service asks for the schemas of a file by the file's name, and a document of
 * a scheme that nobody provides yet activates whoever announces it (`onFileSystem:`). So package.json gives our files
 * a second schema of this scheme, which says nothing: all that it does is to be asked for.
 * https://code.visualstudio.com/api/references/activation-events#onFileSystem
 */
export function registerFileNameActivation(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(FILE_NAME_SCHEME, { provideTextDocumentContent: () => '{}' });
}
