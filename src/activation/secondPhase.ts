import type * as vscode from 'vscode';
import { policyTestsSuffix } from '../core/policy/tests/format';
import { isPolicyDocument } from '../language/policySelector';
import { isTemplateDocument, mentionsFleetProvisioning } from '../language/templateSelector';
import type { makeProduct } from '../product';

/** True for a document that the product has something to say about: by name and the globs of the settings; a device configuration by the words in it. */
export function isOurs(document: vscode.TextDocument): boolean {
  return document.uri.path.endsWith(policyTestsSuffix) || isPolicyDocument(document) || isTemplateDocument(document) || mentionsFleetProvisioning(document);
}

/** Asked for here and not by the first phase, so that the product's file is without what this one has brought. */
export async function loadProduct(): Promise<typeof makeProduct> {
  return (await import(/* webpackChunkName: "product" */ '../product')).makeProduct;
}
