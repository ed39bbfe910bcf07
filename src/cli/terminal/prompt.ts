import { createInterface } from 'node:readline';
import { beforeSignal, endBy } from '../interruption.js';

/** Where a person's lines come from. */
export interface Lines {
  /** The answer to a question, trimmed; undefined once there are no more. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** An editable prompt on a terminal; line by line from a pipe or a file, so that play can be scripted. */
export function openLines(): Lines {
  return process.stdin.isTTY && process.stdout.isTTY ? terminalLines() : pipedLines();
}

function terminalLines(): Lines {
  return {
    async ask(question) {
      const { input } = await import('@inquirer/prompts');
      // A signal from elsewhere leaves the terminal as the prompt has set it.
      const answered = beforeSignal(() => process.stdin.setRawMode(false));
      try {
        return (await input({ message: question })).trim();
      } catch (error) {
        // Ctrl-C, which the prompt takes for itself.
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
