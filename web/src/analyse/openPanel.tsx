/** Opens what a person pastes or drops, or a file holds. */
import { useEffect, useState } from 'preact/hooks';
import { RecordError } from '../../../src/arena/record.js';
import { ImportError, MAX_LENGTH } from '../../../src/bga/gameLog.js';
import { NotationError } from '../../../src/game/tileNotation.js';
import { parseStudies, type Study } from './study.js';

export function OpenPanel({ onOpen, open }: { onOpen: (study: Study) => void; open: boolean }) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const [found, setFound] = useState<readonly Study[]>([]);
  const read = (content: string) => {
    try {
      const studies = parseStudies(content);
      setFault('');
      setFound(studies.length > 1 ? studies : []);
      if (studies.length === 1) onOpen(studies[0]!);
    } catch (error) {
      const isKnown = [NotationError, RecordError, ImportError].some((kind) => error instanceof kind);
      if (!isKnown) throw error;
      setFound([]);
      setFault((error as Error).message);
    }
  };
  const readFile = async (file: File | undefined) => {
    if (!file) return;
    // Longer than any text that is read, in the longest encoding.
    if (file.size > 3 * MAX_LENGTH) return setFault(`${file.name} is too large for a record or a replay`);
    const text = await file.text().catch(() => undefined);
    if (text === undefined) setFault(`cannot read ${file.name}`);
    else read(text);
  };
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (hasFile(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      void readFile(event.dataTransfer!.files[0]);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  });
  return (
    <details class="card" open={open || fault !== '' || found.length > 0}>
      <summary>Open a game or a position</summary>
      <label class="field">
        A record, a position, start 2 moves …, or a replay of Board Game Arena (its saved page, or JSON). Files can be
        dropped on this page.
        <textarea rows={4} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => read(text)}>
          Open
        </button>
        <label class="button">
          From a file…
          <input
            type="file"
            class="unseen"
            accept=".txt,.azul,.html,.htm,.json,text/plain,text/html,application/json"
            onChange={async (event) => {
              const input = event.currentTarget;
              await readFile(input.files?.[0]);
              input.value = '';
            }}
          />
        </label>
      </div>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {found.length > 0 && (
        <label class="field">
          {found.length} games; which one?
          <select onChange={(event) => onOpen(found[Number(event.currentTarget.value)]!)}>
            <option>choose</option>
            {found.map(({ names }, i) => (
              <option key={i} value={i}>
                {i + 1}: {names.join(' – ')}
              </option>
            ))}
          </select>
        </label>
      )}
    </details>
  );
}
