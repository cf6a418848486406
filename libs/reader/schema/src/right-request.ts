/** One right a role needs; without `columns` on the whole table. */
export interface RightRequest {
  readonly role: string;
  readonly schema: string;
  readonly table: string;
  readonly privilege: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
  readonly columns?: readonly string[];
}
