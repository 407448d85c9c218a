namespace ChaosBench.Reports.Importing.Formats;

/// <summary>One tool that writes several kinds of files: each is read in its own way, under the tool's name.</summary>
/// <param name="summary">All of them in one line.</param>
internal sealed class Forms(string summary, params IResultFormat[] forms) : IResultFormat
{
    public string Name => forms[0].Name;
    public string Summary => summary;

    public bool Fits(ResultFile file) => forms.Any(form => form.Fits(file));

    public IReadOnlyList<ImportedRun> Read(ResultFile file) => (forms.FirstOrDefault(form => form.Fits(file)) ?? forms[0]).Read(file);
}
