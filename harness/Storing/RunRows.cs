using ChaosBench.Reports.Verdicts;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace ChaosBench.Harness.Storing;

/// <summary>A run as rows, inside a transaction that the caller holds.</summary>
internal static class RunRows
{
    private const int PieceBytes = 1 << 20;

    // Whoever comes second waits here for the first, and then finds the row. The where of the update keeps the same run untouched.
    private const string Upsert = """
        INSERT INTO chaosbench_runs.runs AS had (id, name, scenario, candidate, started_at, seed, plan_sha256, tool_version, verdict, exit_code,
            headline, manifest, summary, summary_sha256)
        VALUES (@Id, @Name, @Scenario, @Candidate, @StartedUtc, @Seed, @PlanSha256, @ToolVersion, @Verdict, @ExitCode,
            @Headline, @ManifestText::json, @SummaryText::json, @SummarySha256)
        ON CONFLICT (id) DO UPDATE SET tool_version = excluded.tool_version, verdict = excluded.verdict, exit_code = excluded.exit_code,
            headline = excluded.headline, summary = excluded.summary, summary_sha256 = excluded.summary_sha256, pushed_at = now()
        WHERE had.summary_sha256 <> excluded.summary_sha256
        RETURNING xmax = 0
        """;

    public static async Task<PushResult> WriteAsync(NpgsqlConnection connection, StoredRun run, CancellationToken cancellation)
    {
        var isNew = await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(Upsert, Row(run), cancellationToken: cancellation)).ConfigureAwait(false);
        if (isNew is null)
        {
            return PushResult.Unchanged;
        }

        if (isNew is false)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM chaosbench_runs.findings WHERE run = @Id; DELETE FROM chaosbench_runs.numbers WHERE run = @Id",
                new { run.Print.Id }, cancellationToken: cancellation)).ConfigureAwait(false);
        }

        await WriteFindingsAsync(connection, run, cancellation).ConfigureAwait(false);
        await WriteNumbersAsync(connection, run, cancellation).ConfigureAwait(false);
        return isNew.Value ? PushResult.Pushed : PushResult.Updated;
    }

    /// <summary>Once: a journal that is there is the same one, because the run's id is made of it.</summary>
    public static async Task WriteJournalAsync(NpgsqlConnection connection, StoredRun run, CancellationToken cancellation)
    {
        // Two promotions of one run at once: the second waits, and then sees what the first wrote.
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT 1 FROM chaosbench_runs.runs WHERE id = @Id FOR UPDATE", new { run.Print.Id }, cancellationToken: cancellation)).ConfigureAwait(false);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT 1 FROM chaosbench_runs.journals WHERE run = @Id)", new { run.Print.Id }, cancellationToken: cancellation)).ConfigureAwait(false))
        {
            return;
        }

        var part = 0;
        foreach (var bytes in run.Journal(PieceBytes))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO chaosbench_runs.journals (run, part, bytes) VALUES (@Id, @part, @bytes)", new { run.Print.Id, part, bytes },
                cancellationToken: cancellation)).ConfigureAwait(false);
            part++;
        }
    }

    /// <returns>False: there is none.</returns>
    public static async Task<bool> ReadJournalAsync(NpgsqlConnection connection, string id, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        for (var part = 0; ; part++)
        {
            var bytes = await connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
                "SELECT bytes FROM chaosbench_runs.journals WHERE run = @id AND part = @part", new { id, part }, cancellationToken: cancellation)).ConfigureAwait(false);
            if (bytes is null)
            {
                return part > 0;
            }

            await file.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
    }

    private static object Row(StoredRun run) => new
    {
        run.Print.Id,
        Name = StoreText.Clean(run.Name),
        Scenario = StoreText.Clean(run.Manifest.Scenario),
        Candidate = StoreText.Clean(run.Manifest.Targets.FirstOrDefault(target => target.Role == "candidate")?.Name),
        StartedUtc = run.Manifest.StartedUtc.ToUniversalTime(),
        Seed = (decimal)run.Manifest.Seed,
        PlanSha256 = StoreText.Clean(run.Manifest.PlanSha256),
        ToolVersion = StoreText.Clean(run.Summary.ToolVersion),
        Verdict = Kebab.Of(run.Summary.Verdict),
        run.Summary.ExitCode,
        Headline = StoreText.Clean(run.Summary.Headline),
        run.ManifestText,
        run.SummaryText,
        run.SummarySha256,
    };

    private static async Task WriteFindingsAsync(NpgsqlConnection connection, StoredRun run, CancellationToken cancellation)
    {
        var rows = await connection.BeginBinaryImportAsync(
            "COPY chaosbench_runs.findings (run, number, objective, kind, phase, target, verdict, reason_code, observed, asked, unit, low, high, samples, advice) FROM STDIN (FORMAT BINARY)",
            cancellation).ConfigureAwait(false);
        await using var closing = rows.ConfigureAwait(false);
        foreach (var (finding, number) in run.Summary.Findings.Select((finding, at) => (finding, at)))
        {
            await rows.StartRowAsync(cancellation).ConfigureAwait(false);
            await rows.WriteAsync(run.Print.Id, NpgsqlDbType.Text, cancellation).ConfigureAwait(false);
            await rows.WriteAsync(number, NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
            foreach (var text in new[] { finding.Objective, finding.Kind, finding.Phase, finding.Target, Kebab.Of(finding.Verdict), finding.ReasonCode })
            {
                await rows.WriteAsync(StoreText.Clean(text), NpgsqlDbType.Text, cancellation).ConfigureAwait(false);
            }

            await NumbersAsync(rows, [finding.Observed, finding.Limit], cancellation).ConfigureAwait(false);
            await rows.WriteAsync(StoreText.Clean(finding.Unit), NpgsqlDbType.Text, cancellation).ConfigureAwait(false);
            await NumbersAsync(rows, [finding.Interval?.Low, finding.Interval?.High], cancellation).ConfigureAwait(false);
            await rows.WriteAsync(finding.Samples, NpgsqlDbType.Bigint, cancellation).ConfigureAwait(false);
            await rows.WriteAsync(StoreText.Clean(finding.Advice), NpgsqlDbType.Text, cancellation).ConfigureAwait(false);
        }

        await rows.CompleteAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task WriteNumbersAsync(NpgsqlConnection connection, StoredRun run, CancellationToken cancellation)
    {
        var rows = await connection.BeginBinaryImportAsync(
            "COPY chaosbench_runs.numbers (run, target, phase, metric, unit, count, value, p50, p90, p95, p99, mean, max) FROM STDIN (FORMAT BINARY)",
            cancellation).ConfigureAwait(false);
        await using var closing = rows.ConfigureAwait(false);
        var all = run.Summary.Targets
            .SelectMany(target => target.Value.Phases.SelectMany(phase => phase.Value.Select(metric => (Target: target.Key, Phase: phase.Key, metric.Key, metric.Value))))
            // Names that differ only in what PostgreSQL cannot hold are one there.
            .DistinctBy(one => (StoreText.Clean(one.Target), one.Phase, one.Key));
        foreach (var (target, phase, name, metric) in all)
        {
            await rows.StartRowAsync(cancellation).ConfigureAwait(false);
            foreach (var text in new[] { run.Print.Id, target, phase, name, metric.Unit })
            {
                await rows.WriteAsync(StoreText.Clean(text), NpgsqlDbType.Text, cancellation).ConfigureAwait(false);
            }

            await rows.WriteAsync(metric.Count, NpgsqlDbType.Bigint, cancellation).ConfigureAwait(false);
            await NumbersAsync(rows, [metric.Value, metric.P50, metric.P90, metric.P95, metric.P99, metric.Mean, metric.Max], cancellation).ConfigureAwait(false);
        }

        await rows.CompleteAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task NumbersAsync(NpgsqlBinaryImporter rows, double?[] numbers, CancellationToken cancellation)
    {
        foreach (var number in numbers)
        {
            await (number is { } known ? rows.WriteAsync(known, NpgsqlDbType.Double, cancellation) : rows.WriteNullAsync(cancellation)).ConfigureAwait(false);
        }
    }
}
