using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Writes the wanted rows of a trace in ChaosBench's own form. The file appears when it is whole and its times are plausible.
/// </summary>
public static class TraceConversion
{
    /// <summary>
    /// Throws <see cref="PromptException"/> when the trace is refused, holds nothing that is wanted, or cannot be written.
    /// </summary>
    public static TracePreview Convert(TracePass pass, string output)
    {
        var partial = output + ".partial";
        try
        {
            TracePreview preview;
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                using var trace = new NativeTrace(file, pass.Format.Name, pass.BlockTokens);
                foreach (var record in pass.Rows())
                {
                    trace.Write(record);
                }

                preview = pass.Finish();
            }

            if (preview.Rows == 0)
            {
                throw new PromptException(
                    $"{output}: nothing to write: no request of the file is in the wanted window and sessions");
            }

            File.Move(partial, output, overwrite: true);
            return preview;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PromptException(
                $"{output}: cannot be written ({failure.Message}); name a file in a folder that you may write to", failure);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
