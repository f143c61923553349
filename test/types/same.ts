// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the way to compare types exactly
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if both types are the same. */
export const same = <_A, _B>(_proof: Same<_A, _B>): void => undefined;
