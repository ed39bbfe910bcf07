import { createInterface } from 'node:readline';
import { beforeSignal, endBy } from '../interruption.js';

/** Source of the user's input lines. */
export interface Lines {
  /** Returns the trimmed answer to a question; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** Opens standard input: an editable prompt on a terminal, plain lines from a pipe or a file for scripts. */
export function openLines(): Lines {
  return process.stdin.isTTY && process.stdout.isTTY ? terminalLines() : pipedLines();
}

function terminalLines(): Lines {
  return {
    async ask(question) {
      const { input } = await import('@inquirer/prompts');
      // The prompt sets raw mode, which a signal would leave on.
      const answered = beforeSignal(() => process.stdin.setRawMode(false));
      try {
        return (await input({ message: question })).trim();
      } catch (error) {
        // The prompt catches Ctrl-C.
        if ((error as Error).name === 'ExitPromptError') endBy('SIGINT');
        throw error;
      } finally {
        answered();
      }
    },
    close() {},
  };
}

function pipedLines(): Lines {
  const reader = createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async ask(question) {
      const { value, done } = await lines.next();
      if (done) return undefined;
      const answer = (value as string).trim();
      console.log(`${question} ${answer}`);
      return answer;
    },
    close() {
      reader.close();
    },
  };
}
