import { number, type Row, text } from "../../database/columns.ts";
import type { Columns } from "../../database/sql.ts";
import type { Owner } from "./owner.ts";

export function ownerColumns(owner: Owner): Columns {
  return {
    owner_host: owner.host,
    owner_boot_id: owner.bootId,
    owner_pid_space: owner.pidSpace,
    owner_pid: owner.pid,
    owner_pid_start: owner.pidStart,
    owner_id: owner.id,
  };
}

export function readOwner(row: Row): Owner {
  return {
    host: text(row, "owner_host"),
    bootId: text(row, "owner_boot_id"),
    pidSpace: text(row, "owner_pid_space"),
    pid: number(row, "owner_pid"),
    pidStart: text(row, "owner_pid_start"),
    id: text(row, "owner_id"),
  };
}
