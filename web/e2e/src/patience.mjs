/**
 * The longest wait for anything, in milliseconds. Only a test that fails ever waits so long: how fast a machine is decides
 * nothing here.
 */
export const PATIENCE = 120_000;
