/** Opens what a person pastes or a file holds. */
import { useState } from 'preact/hooks';
import { RecordError } from '../../../src/arena/record.js';
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
      if (!(error instanceof NotationError || error instanceof RecordError)) throw error;
      setFound([]);
      setFault(error.message);
    }
  };
  return (
    <details class="card" open={open}>
      <summary>Open a game or a position</summary>
      <label class="field">
        A record, a position, or start 2 moves …
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
            accept=".txt,.azul,text/plain"
            onChange={async (event) => {
              const input = event.currentTarget;
              const file = input.files?.[0];
              if (file) read(await file.text());
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
