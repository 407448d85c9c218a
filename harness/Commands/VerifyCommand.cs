using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Provenance;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench verify RUN --key pub.pem</c>: is this the run that was signed?</summary>
internal static class VerifyCommand
{
    private const int MostKeyBytes = 64 * 1024;

    public static Command Build(Terminal terminal)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "Run folder, for example runs/latest" };
        var key = new Option<FileInfo>("--key") { Description = "Public key of who signed it, PEM", HelpName = "FILE",
            Required = true };
        var envelope = new Option<FileInfo?>("--envelope") { Description = "The envelope (default: provenance.json in the run folder)", HelpName = "FILE" };
        var command = new Command("verify",
            "Check the signed statement of a run: the signature, and every file that it names\n\n"
            + "  chaosbench verify runs/latest --key pub.pem\n  chaosbench verify runs/latest --key pub.pem --envelope release.intoto.json\n\n"
            + "Exit code: 0 it holds, 1 refused (the reasons on stderr), 4 no such run, envelope or key")
        {
            run, key, envelope,
        };
        command.SetAction(parsed =>
        {
            using var signer = Key(parsed.GetValue(key)!);
            return Verify(AttestCommand.Folder(parsed.GetValue(run)!), signer, parsed.GetValue(envelope)?.FullName, terminal);
        });
        return command;
    }

    private static int Verify(string folder, ECDsa key, string? envelope, Terminal terminal)
    {
        RunStatement statement;
        StatementCheck check;
        try
        {
            (statement, check) = Attestation.Verify(folder, key, envelope);
        }
        catch (ProvenanceException problem)
        {
            terminal.Error.WriteLine(Printable.Line($"refused: {problem.Message}."));
            return ExitCodes.Fail;
        }

        foreach (var notes in check.Notes.GroupBy(note => note[(note.IndexOf(": ", StringComparison.Ordinal) + 2)..]))
        {
            var more = notes.Count() > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {notes.Count() - 1} more)") : "";
            terminal.Error.WriteLine(Printable.Line($"note: {notes.First()}{more}"));
        }

        foreach (var reason in check.Refused)
        {
            terminal.Error.WriteLine(Printable.Line($"refused: {reason}"));
        }

        if (check.Refused.Count > 0)
        {
            return ExitCodes.Fail;
        }

        string Fact(string name) => statement.Facts.GetValueOrDefault(name) ?? "unknown";
        terminal.Out.WriteLine(Printable.Line(string.Create(CultureInfo.InvariantCulture,
            $"verified: {check.Checked} files are as key {Dsse.KeyId(key)[..16]}... signed them; {Fact("scenario")}, started {Fact("startedUtc")}, "
            + $"result {statement.Result}, verdict {Fact("verdict")}")));
        return ExitCodes.Pass;
    }

    private static ECDsa Key(FileInfo file)
    {
        try
        {
            return file.Length <= MostKeyBytes
                ? Dsse.ReadKey(File.ReadAllText(file.FullName), isPrivate: false)
                : throw new UsageException($"{file}: larger than {MostKeyBytes} bytes; a public key is not.");
        }
        catch (ProvenanceException problem)
        {
            throw new UsageException($"{file}: {problem.Message}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: cannot be read ({exception.Message}); name the public key in PEM.");
        }
    }
}
