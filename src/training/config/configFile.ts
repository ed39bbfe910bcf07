import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { withoutMark } from '../../files.js';
import { ConfigError } from './configError.js';

/** A file of settings in YAML or JSON, with or without a byte order mark. JSON is read as YAML, which includes it. */
export class ConfigFile {
  /** What the file holds, unchecked. */
  readonly value: unknown;
  private readonly document: Document;
  private readonly lines = new LineCounter();

  /** Reads a file. Throws the error of the file system, or a ConfigError with the line that can't be parsed. */
  constructor(readonly path: string) {
    const text = withoutMark(readFileSync(path, 'utf8'));
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    const [error] = this.document.errors;
    if (error) throw new ConfigError(`line ${this.lines.linePos(error.pos[0]).line}: ${lowerFirst(error.message)}`);
    try {
      this.value = this.document.toJS();
    } catch (error) {
      // An alias that leads nowhere, or to a value of absurd size.
      throw new ConfigError(lowerFirst((error as Error).message));
    }
  }

  /** Where a field stands, `<path>, line <n>`, given the keys that lead to it. */
  place(field: readonly PropertyKey[]): string {
    const section = field.length > 1 ? this.document.getIn(field.slice(0, -1), true) : this.document.contents;
    const pair = isMap(section)
      ? section.items.find(({ key }) => isScalar(key) && key.value === field.at(-1))
      : undefined;
    const node = pair?.key ?? this.document.getIn(field, true);
    return isNode(node) && node.range ? `${this.path}, line ${this.lines.linePos(node.range[0]).line}` : this.path;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
