namespace ChaosBench.Reports.Measuring;

/// <summary>
/// One small value for each arrival, by its number. Arrivals are numbered without gaps, so that pages of an array hold them in a
/// fraction of what a dictionary takes; a page that nobody writes to is not there. Several threads may read it once it is written.
/// </summary>
/// <typeparam name="T">Its default stands for "nothing is known".</typeparam>
internal sealed class ArrivalTable<T>
    where T : struct
{
    private const int PageBits = 13;
    private const int PageSize = 1 << PageBits;
    private T[]?[] _pages = [];

    public T this[int arrival]
    {
        get => PageOf(arrival) is var page && page < _pages.Length && _pages[page] is { } values ? values[arrival & (PageSize - 1)] : default;
        set => Page(PageOf(arrival))[arrival & (PageSize - 1)] = value;
    }

    // A journal that numbers below zero is nobody's, but must not break its report.
    private static int PageOf(int arrival) => (int)(unchecked((uint)arrival) >> PageBits);

    private T[] Page(int number)
    {
        if (number >= _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(number + 1, _pages.Length * 2));
        }

        return _pages[number] ??= new T[PageSize];
    }
}
