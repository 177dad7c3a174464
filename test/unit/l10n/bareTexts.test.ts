/** No text for people is written into the code without l10n.t. */
import assert from 'node:assert/strict';
import ts from 'typescript';
import { pageHtml } from '../../../src/webview/html';
import manifest from '../../../package.json';
import { isTranslation, nodes, place, sources } from './sources';

/** Members of objects that VS Code, our pages or our messages show. */
const shownMembers = new Set(['title', 'label', 'tooltip', 'placeHolder', 'placeholder', 'prompt', 'description', 'detail', 'message', 'advice', 'action', 'summary', 'text', 'aria-label', 'ariaLabel', 'textContent']);
/** Calls that show their texts. `warn` of a log is no such call: the log is English. */
const shownCalls = /(^|\.)(show(Information|Warning|Error)Message|setStatusBarMessage|createWebviewPanel|createOutputChannel|(ui|progress|interaction|run\.progress)\.(inform|warn|report)|notify)$|^new vscode\.(TreeItem|CodeAction|Task|MarkdownString|CodeLens)$/;

/** Words, once what is no language is gone: icons, Markdown signs, file names, identifiers with signs in them. */
function words(text: string): boolean {
  return /[A-Za-z]{2,}/.test(text.replace(/\$\([\w~-]+\)/g, '').replace(/[\w.*:#/@-]*[.*:#/@\d_-][\w.*:#/@-]*/g, ''));
}

/** A text that stands there as it is shown: not inside l10n.t. */
function* bare(node: ts.Expression): Generator<ts.Node> {
  if (isTranslation(node)) return;
  if (ts.isStringLiteralLike(node)) {
    if (words(node.text)) yield node;
  } else if (ts.isTemplateExpression(node)) {
    if (words([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '))) yield node;
  } else if (ts.isConditionalExpression(node)) {
    yield* bare(node.whenTrue);
    yield* bare(node.whenFalse);
  } else if (ts.isBinaryExpression(node) && /^(\+|\?\?|\|\|)$/.test(node.operatorToken.getText())) {
    yield* bare(node.left);
    yield* bare(node.right);
  } else if (ts.isParenthesizedExpression(node)) {
    yield* bare(node.expression);
  }
}

const nameOf = (name: ts.Node): string => (ts.isStringLiteralLike(name) ? name.text : name.getText());

function* shown(node: ts.Node): Generator<ts.Node> {
  if (ts.isPropertyAssignment(node) && shownMembers.has(nameOf(node.name))) yield* bare(node.initializer);
  else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(node.left) && shownMembers.has(node.left.name.text)) yield* bare(node.right);
  else if (ts.isCallExpression(node) && shownCalls.test(node.expression.getText())) for (const argument of node.arguments) yield* bare(argument);
  else if (ts.isNewExpression(node) && shownCalls.test(`new ${node.expression.getText()}`)) for (const argument of node.arguments ?? []) yield* bare(argument);
  else if (ts.isNewExpression(node) && node.expression.getText() === 'FleetError' && node.arguments?.[0] !== undefined) yield* bare(node.arguments[0]);
}

/** Shown as they are in all languages: members of AWS documents, names of protocols, commands; and values that only look shown. */
const allowed = new Set(['Parameters', 'Resources', 'DeviceConfiguration', 'PolicyDocument', 'iot:Connection.Thing.Attributes[attributeName]', 'MQTT 5', 'MQTT 3.1.1', 'aws sso login', 'error', 'warning']);

function found(folder: string, skip: RegExp = /(?!)/): readonly string[] {
  const texts: string[] = [];
  for (const file of sources(folder)) {
    if (skip.test(file.fileName)) continue;
    for (const node of nodes(file)) for (const text of shown(node)) if (!(ts.isStringLiteralLike(text) && allowed.has(text.text))) texts.push(`${place(text)}: ${text.getText()}`);
  }
  return texts;
}

describe('texts for people', () => {
  it('are translated wherever the code shows one', () => assert.deepEqual(found('src', /^src\/(sandbox|check\/report)/), []));

  it('come to the pages from outside: the scripts hold none', () => {
    assert.deepEqual(found('media'), []);
    const sentences = [...sources('media')].flatMap((file) => [...nodes(file)].filter((node) => ts.isStringLiteralLike(node) && /^[^#.].*[A-Za-z]{2,} [a-z]{2,}/.test(node.text) && / [a-z]{2,} /.test(node.text)).map((node) => `${place(node)}: ${node.getText()}`));
    assert.deepEqual(sentences, []);
  });

  it('come to the pages from outside: the document holds none', () => {
    const html = pageHtml({ cspSource: 'x:', nonce: 'bm9uY2U=', script: 'x:/a.js', styles: ['x:/a.css'], language: 'en', title: '', texts: {} });
    assert.equal(html.replace(/<[^>]*>/g, '').trim(), '');
    assert.doesNotMatch(html, /(aria-label|title|placeholder|alt)="/);
  });

  it('are keys in the manifest', () => {
    const members = /^(title|label|name|displayName|description|markdownDescription|category|contents|patternErrorMessage|deprecationMessage|markdownDeprecationMessage|userDescription|enumDescriptions|markdownEnumDescriptions|enumItemLabels)$/;
    const visit = (value: unknown, key: string, where: string): readonly string[] => {
      if (typeof value === 'string') return members.test(key) && words(value) && !/^%[^%]+%$/.test(value) ? [`${where}: ${value}`] : [];
      if (Array.isArray(value)) return value.flatMap((inner, index) => visit(inner, key, `${where}[${index}]`));
      if (typeof value !== 'object' || value === null) return [];
      // What a language model reads is English in all languages, and names of problem matchers and tools are ids.
      return Object.entries(value).flatMap(([name, inner]) => (/^(inputSchema|modelDescription|tags)$/.test(name) ? [] : visit(inner, name, `${where}.${name}`)));
    };
    assert.deepEqual(visit(manifest.contributes, '', 'contributes'), []);
  });
});
