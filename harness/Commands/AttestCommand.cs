using System.CommandLine;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench attest RUN</c>: the run as a signed in-toto statement.</summary>
internal static class AttestCommand
{
    public static Command Build(Terminal terminal)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "Run folder, for example runs/latest" };
        var output = new Option<FileInfo?>("--out") { Description = "Write the envelope here (default: provenance.json in the run folder)", HelpName = "FILE" };
        var command = new Command("attest",
            "Sign a run: what was tested, by which plan, with which result, and every file by its SHA-256 (in-toto Statement v1 in a DSSE envelope). "
            + $"The key, EC P-256 in PEM, is read from the environment variable {Attestation.KeyVariable} and never written\n\n"
            + "  chaosbench attest runs/latest\n  chaosbench attest runs/latest --out release.intoto.json\n\n"
            + "Exit code: 0 written, 4 no key or no run")
        {
            run, output,
        };
        command.SetAction(parsed =>
        {
            using var key = Attestation.KeyOfEnvironment(Environment.GetEnvironmentVariable) ?? throw new UsageException(
                $"{Attestation.KeyVariable} is not set; put a private key in it: "
                + "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem && export "
                + $"{Attestation.KeyVariable}=\"$(cat key.pem)\"");
            var folder = Folder(parsed.GetValue(run)!);
            foreach (var line in Attestation.Write(folder, key, parsed.GetValue(output)?.FullName))
            {
                terminal.Error.WriteLine(Printable.Line(line));
            }

            return ExitCodes.Pass;
        });
        return command;
    }

    /// <summary>With its links followed: <c>latest</c> is one.</summary>
    internal static string Folder(DirectoryInfo run)
    {
        if (!run.Exists)
        {
            throw new UsageException($"{run}: no such run folder.");
        }

        return run.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? run.FullName;
    }
}
