/** Time as whatever paces the calls sees it. Every `Clock` is one. */
export interface PaceClock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}
