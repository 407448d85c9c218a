namespace ChaosBench.Reports.Measuring;

/// <summary>
/// One small value for each arrival, by its number. Arrivals are numbered without gaps, so that pages of an array hold them in a
/// fraction of what a dictionary takes; a page that nobody writes to is not there.
/// </summary>
/// <typeparam name="T">Its default stands for "nothing is known".</typeparam>
internal sealed class ArrivalTable<T>
    where T : struct
{
    private const int PageBits = 13;
    private const int PageSize = 1 << PageBits;
    private readonly Dictionary<int, T[]> _pages = [];
    private T[]? _last;
    private int _lastPage = -1;

    public T this[int arrival]
    {
        get => Page(arrival >> PageBits) is { } page ? page[arrival & (PageSize - 1)] : default;
        set => (Page(arrival >> PageBits) ?? NewPage(arrival >> PageBits))[arrival & (PageSize - 1)] = value;
    }

    private T[]? Page(int number)
    {
        if (number != _lastPage && _pages.TryGetValue(number, out var page))
        {
            (_lastPage, _last) = (number, page);
        }

        return number == _lastPage ? _last : null;
    }

    private T[] NewPage(int number) => _pages[number] = new T[PageSize];
}
