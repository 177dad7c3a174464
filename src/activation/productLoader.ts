/** What the loader needs of the product. */
interface Product {
  dispose(): unknown;
}

export interface ProductLoaderDeps<P extends Product> {
  /** Loads the code of the product and makes it. */
  readonly make: () => Promise<P>;
  /** Tells the person that this failed; true when it shall be tried again. Never rejects. */
  readonly ask: (error: unknown) => Promise<boolean>;
}

/** Loads the product once, on first use. A failure is told in one message, however many wait for the product. */
export class ProductLoader<P extends Product> {
  private loading: Promise<P> | undefined;
  private product: P | undefined;
  private question: Promise<P | undefined> | undefined;
  private told = false;
  private disposed = false;

  constructor(private readonly deps: ProductLoaderDeps<P>) {}

  /** The product when it is there; nothing is loaded to find out. */
  get current(): P | undefined {
    return this.product;
  }

  /** For what happens by itself, such as a view that becomes visible: rejects at once, and tells of a failure the first time only. */
  async load(): Promise<P> {
    try {
      return await this.attempt();
    } catch (error) {
      if (!this.told) void this.tell(error);
      throw error;
    }
  }

  /** For what a person asked for: waits while they are asked whether to try again. Undefined when they do not want to. */
  async loadForPerson(): Promise<P | undefined> {
    try {
      return await this.attempt();
    } catch (error) {
      return this.tell(error);
    }
  }

  dispose(): void {
    this.disposed = true;
    this.product?.dispose();
    this.product = undefined;
  }

  private attempt(): Promise<P> {
    this.loading ??= this.make();
    return this.loading;
  }

  private async make(): Promise<P> {
    try {
      const product = await this.deps.make();
      if (this.disposed) {
        product.dispose();
        throw new Error('The window is closing.');
      }
      this.product = product;
      return product;
    } catch (error) {
      this.loading = undefined;
      throw error;
    }
  }

  private tell(error: unknown): Promise<P | undefined> {
    this.told = true;
    this.question ??= this.askUntilThere(error).finally(() => (this.question = undefined));
    return this.question;
  }

  private async askUntilThere(error: unknown): Promise<P | undefined> {
    let problem = error;
    while (!this.disposed && (await this.deps.ask(problem))) {
      try {
        return await this.attempt();
      } catch (again) {
        problem = again;
      }
    }
    return undefined;
  }
}
