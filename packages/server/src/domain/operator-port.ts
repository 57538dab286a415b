/** A user who runs the platform and may support users of every organisation. */
export interface PlatformOperator {
  readonly userId: number;
  readonly username: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface OperatorStore {
  /** False where the user is an operator already. */
  insertOperator(userId: number, createdAt: number): Promise<boolean>;
  /** False where the user is none. */
  deleteOperator(userId: number): Promise<boolean>;
  listOperators(): Promise<PlatformOperator[]>;
  isOperator(userId: number): Promise<boolean>;
}
