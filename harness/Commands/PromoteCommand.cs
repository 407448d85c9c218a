using System.CommandLine;
using System.Globalization;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench promote RUN</c>: from now on later runs are held against this one.</summary>
internal sealed class PromoteCommand
{
    private readonly Argument<DirectoryInfo[]> _runs = new("RUN")
    {
        Description = "Run folders, or folders of them; without any the baselines that there are",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _name = new("--as")
    {
        Description = "The baseline's name (default main); it stands for one run of each scenario", HelpName = "NAME",
        DefaultValueFactory = _ => "main", CustomParser = result => OptionValues.Named(result),
    };

    private readonly Option<string?> _by = new("--by") { Description = "Who promotes (default: this user and machine)", HelpName = "TEXT" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why; kept with the name", HelpName = "TEXT" };
    private readonly Option<bool> _force = new("--force") { Description = "Also a run that did not pass; needs --reason" };
    private readonly Option<DirectoryInfo> _folder = new("--runs")
    {
        Description = "Without RUN: the folder of runs whose baselines are shown (default runs)", HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo("runs"),
    };

    private readonly StoreOptions _store = new("Promote in the store that a team shares, which then holds the run and its journal");

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var parts = new PromoteCommand();
        var command = new Command("promote", "Name the run that later ones are held against\n\n  chaosbench promote runs/latest\n  chaosbench promote runs/latest --as release-4 --reason 'accepted by QA'\n  chaosbench promote                             # which there are\n  chaosbench run scenarios.yaml --baseline main  # judged against it")
        {
            parts._runs, parts._name, parts._by, parts._reason, parts._force, parts._folder,
        };
        parts._store.AddTo(command);
        command.SetAction((parsed, cancellation) => parts.RunAsync(parsed, terminal, time, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        if (parsed.GetValue(_runs) is not { Length: > 0 } named)
        {
            return await ListAsync(parsed, terminal, cancellation).ConfigureAwait(false);
        }

        var by = parsed.GetValue(_by) is { Length: > 0 } who ? who : $"{Environment.UserName}@{Environment.MachineName}";
        var order = new PromotionOrder(parsed.GetValue(_name)!, by, parsed.GetValue(_reason)?.Trim(), parsed.GetValue(_force));
        if (order.Force && order.Reason is not { Length: > 0 })
        {
            throw new UsageException("--force takes --reason TEXT: say why a run that did not pass is to be what others are held against.");
        }

        // All of them are looked at before the first is promoted.
        var promotions = named.SelectMany(RunFolders.In).Select(StoredRun.Resolve).Distinct(StringComparer.Ordinal)
            .Select(folder => (Folder: folder, Promotion: Promoting.Of(folder, order, time.GetUtcNow()))).ToList();
        if (promotions.GroupBy(one => one.Promotion.Scenario, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"{twice.Count()} of these runs are of scenario '{Printable.Line(twice.Key, 60)}'; a name stands for one run of each: name one.");
        }

        try
        {
            await WriteAsync(promotions, _store.Read(parsed), terminal, cancellation).ConfigureAwait(false);
            return ExitCodes.Pass;
        }
        catch (Exception problem) when (problem is BaselineException or JournalException)
        {
            throw new UsageException(problem.Message);
        }
        catch (StoreException trouble)
        {
            terminal.Error.WriteLine(Printable.Line($"not promoted in the store: {trouble.Message}; give the same command again."));
            return ExitCodes.Error;
        }
    }

    private static async Task WriteAsync(
        List<(string Folder, Promotion Promotion)> promotions, StoreAddress? address, Terminal terminal, CancellationToken cancellation)
    {
        await using var store = address is null ? null : new RunStore(address);
        foreach (var (folder, promotion) in promotions)
        {
            if (store is null)
            {
                new BaselineBook(Path.GetDirectoryName(folder)!).Add(promotion);
            }
            else
            {
                await store.PromoteAsync(StoredRun.Read(folder), promotion, cancellation).ConfigureAwait(false);
            }

            terminal.Out.WriteLine(Printable.Line($"{promotion.Name}  {promotion.Scenario}  {promotion.Run}"));
        }
    }

    private async Task<int> ListAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        await using var baselines = _store.Baselines(parsed, parsed.GetValue(_folder)!.FullName);
        try
        {
            var current = await baselines.CurrentAsync(cancellation).ConfigureAwait(false);
            foreach (var one in current)
            {
                var why = one.Reason is { Length: > 0 } reason ? $": {reason}" : "";
                terminal.Out.WriteLine(Printable.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{one.Name}  {one.Scenario}  {one.Run}  {Kebab.Of(one.Verdict)}, promoted {one.PromotedUtc.UtcDateTime:yyyy-MM-dd HH:mm} by {one.By}{why}")));
            }

            terminal.Error.WriteLine(current.Count == 0 ? Printable.Line($"no baselines in {baselines.Place}; chaosbench promote RUN makes one.") : $"{current.Count} baseline(s).");
            return ExitCodes.Pass;
        }
        catch (BaselineException problem)
        {
            throw new UsageException(problem.Message);
        }
        catch (StoreException trouble)
        {
            terminal.Error.WriteLine(Printable.Line($"the store cannot be read: {trouble.Message}"));
            return ExitCodes.Error;
        }
    }
}
