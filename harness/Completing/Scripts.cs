namespace ChaosBench.Harness.Completing;

/// <summary>
/// What a shell must know to ask this program for words. Each asks with the line up to the cursor, and offers files where there
/// are none.
/// </summary>
internal static class Scripts
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <param name="program">Words that start this program, as it was started to write the script.</param>
    public static string For(string shell, IReadOnlyList<string> program)
    {
        var words = string.Join(' ', program.Select(Quoted));
        return shell switch
        {
            "bash" => Bash(words),
            "zsh" => Zsh(words),
            "fish" => Fish(words),
            _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "not one of the shells"),
        };
    }

    private static string Bash(string program) => $$"""
        # chaosbench in bash: put this line into ~/.bashrc:  source <(chaosbench completion bash)
        _chaosbench() {
          local word
          COMPREPLY=()
          while IFS= read -r word; do
            COMPREPLY+=("$word")
          done < <({{program}} {{Suggestions.Verb}} "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
        }
        complete -o default -F _chaosbench chaosbench

        """;

    private static string Zsh(string program) => $$"""
        #compdef chaosbench
        # chaosbench in zsh: put this line into ~/.zshrc, after compinit:  source <(chaosbench completion zsh)
        # or write it to a file _chaosbench in a folder of $fpath.
        _chaosbench() {
          local -a found
          found=("${(@f)$({{program}} {{Suggestions.Verb}} "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
          if [[ -n "${found[*]}" ]]; then
            compadd -- "${found[@]}"
          else
            _files
          fi
        }
        if [[ "${funcstack[1]}" == _chaosbench ]]; then
          _chaosbench "$@"
        elif (( $+functions[compdef] )); then
          compdef _chaosbench chaosbench
        fi

        """;

    private static string Fish(string program) => $$"""
        # chaosbench in fish:  chaosbench completion fish > ~/.config/fish/completions/chaosbench.fish
        function __chaosbench_words
            {{program}} {{Suggestions.Verb}} (commandline -cp | string collect) 2>/dev/null
        end
        complete -c chaosbench -a '(__chaosbench_words)'

        """;

    /// <summary>The same in all three shells.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-')
            ? word : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
