/** Links within the documentation: each file exists, and so does each heading that a link names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';

const root = fileURLToPath(packageRoot);
const pages = ['.', 'docs', 'docs/experiments', 'web', 'python', 'models'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, folder, name)),
);

/** The text of a page without its code. */
function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
}

/** The names under which the headings of a page can be linked. */
function anchorsOf(page: string): Set<string> {
  const slugger = new GithubSlugger();
  return new Set(
    [...proseOf(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, title]) => slugger.slug(title!.replace(/`/g, ''))),
  );
}

/** The links and pictures of a page, except those to the network. */
function linksOf(page: string): string[] {
  const text = proseOf(page);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|href)="([^"]+)"/g)];
  return links.map(([, target]) => target!).filter((target) => !/^\w+:/.test(target));
}

test.each(pages.map((page) => relative(root, page)))('%s has no dead link', (name) => {
  const page = join(root, name);
  const dead = linksOf(page).filter((link) => {
    const [path, anchor] = link.split('#') as [string, string?];
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(target) || (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor));
  });
  expect(dead).toEqual([]);
});
