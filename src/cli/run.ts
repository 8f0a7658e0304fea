/** The command line as a function: words in, text and an exit code out. A user's mistake takes one line. */
import { Command, CommanderError } from "commander";
import { version } from "../training/version.ts";
import { FileError, InvalidInputError, NonFiniteError, ThreadError } from "../validation/errors.ts";
import { combineCommand } from "./combine.ts";
import { evaluateCommand } from "./evaluate.ts";
import { experimentCommand } from "./experiment.ts";
import { linksCommand } from "./links.ts";
import { listCommand } from "./list.ts";
import { plotCommand } from "./plot.ts";
import { replayCommand } from "./replay.ts";
import { reproduceCommand } from "./reproduce.ts";
import { Failed, Interrupted, type Terminal } from "./terminal.ts";
import { theoryCommand } from "./theory.ts";
import { trainCommand } from "./train.ts";

export const ExitCode = { success: 0, failure: 1, badInput: 2, interrupted: 130 } as const;

/** @param words what follows the program's name */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync(words, { from: "user" });
    return ExitCode.success;
  } catch (error) {
    return report(error, terminal);
  }
}

function program(terminal: Terminal): Command {
  const root = new Command("marlstone")
    .description("Trust-region multi-agent reinforcement learning.")
    .version(version)
    .addHelpText("after", `\nExample:\n  ${terminal.command} train --iterations 60 --seed 1\n`);
  const commands = [
    trainCommand,
    evaluateCommand,
    replayCommand,
    plotCommand,
    experimentCommand,
    reproduceCommand,
    combineCommand,
    linksCommand,
    theoryCommand,
    listCommand,
  ];
  for (const make of commands) root.addCommand(make(terminal));
  for (const command of withSubcommands(root)) {
    command.exitOverride().configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      outputError: (message, write) => write(`${message.trim().replaceAll("\n", " ")}\n`),
    });
  }
  return root;
}

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.success : ExitCode.badInput;
  if (error instanceof Interrupted) {
    terminal.err(`${error.message}\n`);
    return ExitCode.interrupted;
  }
  if (error instanceof Failed || error instanceof ThreadError) {
    terminal.err(`error: ${error.message}\n`);
    return ExitCode.failure;
  }
  if (error instanceof InvalidInputError || error instanceof NonFiniteError) {
    terminal.err(`error: ${error.message.replaceAll("\n", " ")}\n`);
    return ExitCode.badInput;
  }
  const refusal = error instanceof FileError ? error.cause : error;
  if (isSystemError(refusal)) {
    terminal.err(`error: ${(error as Error).message}\n`);
    return PATH_ERRORS.has(refusal.code) ? ExitCode.badInput : ExitCode.failure;
  }
  terminal.err(`${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.failure;
}

/** What the operating system refuses; these are about a path that the user gave. */
const PATH_ERRORS: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "EROFS"]);

const isSystemError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && "syscall" in error && "code" in error;
