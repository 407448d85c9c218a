namespace ChaosBench.Reports.Importing;

/// <summary>One tool's result files. Pure: bytes in, runs out; throws <see cref="ImportException"/> for what it cannot read whole.</summary>
public interface IResultFormat
{
    /// <summary>As written on the command line.</summary>
    string Name { get; }

    /// <summary>One line for the help: which files.</summary>
    string Summary { get; }

    /// <summary>True when the file looks like one of this format's. Never throws for what is merely not its own.</summary>
    bool Fits(ResultFile file);

    /// <returns>At least one run; a file may hold several.</returns>
    IReadOnlyList<ImportedRun> Read(ResultFile file);
}
