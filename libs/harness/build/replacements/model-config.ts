/** Pi's models file when there is none. */
export class ModelConfig {
  static async load(path: string | undefined): Promise<ModelConfig> {
    if (path !== undefined) throw new Error("The runner reads no models file: its task holds what it needs of one");
    return new ModelConfig();
  }

  getProvider(): undefined {
    return undefined;
  }

  getProviderIds(): string[] {
    return [];
  }

  getError(): undefined {
    return undefined;
  }
}
