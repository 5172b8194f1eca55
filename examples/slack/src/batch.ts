/**
 * Questions to the database that many ask in the same moment, such as all the tabs that have just heard of a message. They
 * go in one query; what is asked while that is under way waits for the next one, so no answer is older than its question.
 */
interface Asked<Question, Answer> {
  readonly question: Question;
  resolve(answer: Answer): void;
  reject(failure: unknown): void;
}

/** Questions in one query. */
const LIMIT = 500;

export class Batch<Question, Answer> {
  readonly #answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  #waiting: Asked<Question, Answer>[] = [];
  #isAsking = false;

  /** `answerAll` gives the answers in the order of the questions. */
  constructor(answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#answerAll = answerAll;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#isAsking) return;
      this.#isAsking = true;
      // By then all others who have heard the same have asked as well.
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, LIMIT);
      try {
        const answers = await this.#answerAll(asked.map(({ question }) => question));
        asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (failure) {
        for (const { reject } of asked) reject(failure);
      }
    }
    this.#isAsking = false;
  }
}
