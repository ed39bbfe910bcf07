import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { withoutMark } from '../../files.js';
import { ConfigError } from './configError.js';

/**
 * A file of settings in YAML or JSON, with or without a byte order mark. JSON is read as YAML, because all JSON is
 * valid YAML.
 */
export class ConfigFile {
  /** Content of the file, unchecked. */
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
      // The file has an alias without a target, or one that expands to a huge value.
      throw new ConfigError(lowerFirst((error as Error).message));
    }
  }

  /**
   * Returns the place of a field, given the keys that lead to it: `<path>, line <n>`, or only the path if no line is
   * known.
   */
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
