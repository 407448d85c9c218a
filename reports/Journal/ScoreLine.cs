namespace ChaosBench.Reports.Journal;

/// <summary>As <see cref="ObservationLine"/>, for the scores of graded answers: there are up to three for a request.</summary>
internal static class ScoreLine
{
    /// <summary>False for infinite values and what is no number; the serializer has words for them.</summary>
    public static bool CanWrite(JournalEvent.Score score) => score.Value is not { } value || double.IsFinite(value);

    public static void Write(LineBuffer line, JournalEvent.Score score)
    {
        line.Number("{\"t\":\"score\",\"at\":"u8, score.At);
        line.Number(",\"arrival\":"u8, score.Arrival);
        line.Text(",\"grader\":"u8, score.Grader);
        if (score.Value is { } value)
        {
            line.Number(",\"value\":"u8, value);
        }

        if (score.Detail is { } detail)
        {
            line.Text(",\"detail\":"u8, detail);
        }

        line.Raw("}"u8);
    }
}
