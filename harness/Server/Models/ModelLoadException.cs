namespace ChaosBench.Server.Models;

/// <summary>A model folder cannot be served. The message names the place, what is wrong and what would be right.</summary>
public sealed class ModelLoadException : Exception
{
    public ModelLoadException(string place, string problem, Exception? inner = null)
        : base($"{place}: {problem}", inner)
    {
        Place = place;
    }

    /// <summary>The file or folder as the user wrote it.</summary>
    public string Place { get; }
}
