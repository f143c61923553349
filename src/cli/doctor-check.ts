/** One line of `hardcall doctor`. */
export interface DoctorCheck {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}
