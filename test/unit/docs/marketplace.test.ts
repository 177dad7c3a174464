/** What people see of the extension before they have it, and what they get. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../../../package.json';

const root = path.join(__dirname, '..', '..', '..');
const require = createRequire(import.meta.url);

interface TagsProcessor {
  onEnd(): Promise<void>;
  readonly tags: readonly string[];
}
const vsce = require('@vscode/vsce') as { listFiles(options: object): Promise<string[]>; PackageManager: { None: unknown } };
const { TagsProcessor } = require('@vscode/vsce/out/package.js') as { TagsProcessor: new (manifest: object) => TagsProcessor };

describe('The page of the Marketplace', () => {
  it('has no more tags than are allowed, those that vsce adds among them', async () => {
    const processor = new TagsProcessor(manifest);
    await processor.onEnd();
    assert.ok(processor.tags.length > manifest.keywords.length);
    // "keywords … limited to 30": https://code.visualstudio.com/api/references/extension-manifest. What vsce adds is counted as well (unverified).
    assert.ok(processor.tags.length <= 30, processor.tags.join(', '));
  });

  it('has an icon of at least 128 pixels, a square, and a banner in a dark green of it', () => {
    const png = fs.readFileSync(path.join(root, manifest.icon));
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.ok(width >= 128 && width === height, `${width} x ${height}`);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.equal(manifest.galleryBanner.theme, 'dark');
  });
});

describe('The README as it ships', () => {
  const text = ['# Title', '', '![One picture](resources/readme/a.png)', '', 'Words, [a file](src/FILE.md), [a page](https://example.com/).', '', '![Another picture](resources/readme/b.png)', '', 'The end.', ''].join('\n');
  const make = async (images?: string): Promise<string> => {
    const { packagedReadme } = (await import(pathToFileURL(path.join(root, 'scripts/lib/packagedReadme.mjs')).href)) as { packagedReadme: (text: string, images?: string) => string };
    return packagedReadme(text, images);
  };

  it('has no picture that would not be shown, and no link that leads nowhere', async () => {
    assert.equal(await make(), '# Title\n\nWords, a file, [a page](https://example.com/).\n\nThe end.\n');
  });

  it('has all pictures and links where the publisher says that they are', async () => {
    const shown = await make('https://example.com/raw/v1/');
    assert.equal(shown, text.replaceAll('](resources', '](https://example.com/raw/v1/resources').replace('](src', '](https://example.com/raw/v1/src'));
  });
});

describe('The package', () => {
  it('holds what the manifest names and what runs, and nothing else', async () => {
    const files = await vsce.listFiles({ cwd: root, packageManager: vsce.PackageManager.None });
    const allowed = /^(?:dist\/[^/]+\.js|dist\/package\.json|dist\/sandbox\/(?:[^/]+\.js|prebuilds\/.+\.node)|media\/[\w.]+\.(?:js|css)|resources\/(?:device-kit|iam|icons|l10n|schemas|snippets|templates|walkthrough)\/[\w.-]+|resources\/AmazonRootCA1\.pem|package(?:\.nls(?:\.\w+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY-NOTICES\.txt)$/;
    assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
    const named = [...JSON.stringify(manifest).matchAll(/"(?:\.\/)?((?:resources|media)\/[^"]+\.\w+)"/g)].map(([, file]) => file ?? '');
    assert.ok(named.length > 10);
    assert.deepEqual(named.filter((file) => !files.includes(file)), []);
    const source = fs.readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => fs.readFileSync(path.join(root, 'src', file), 'utf8')).join('\n');
    const read = [...source.matchAll(/['`]((?:resources|media)\/[\w./-]+\.\w+)['`]/g)].map(([, file]) => file ?? '');
    assert.ok(read.length > 1);
    assert.deepEqual(read.filter((file) => !files.includes(file)), []);
  });
});
