using System.Text;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// Text of a stated length that means nothing. Every word is short, common and in lower case, so that with the space before it it
/// is one token in the vocabularies of the large models; a small vocabulary makes more of it. The server's usage tells the exact
/// count.
/// </summary>
internal static class PlainWords
{
    private static readonly string[] Words = (
        "the of and to in is that it was for on are as with his they at be this from have or by one had not but what all were "
        + "when we there can an your which their said if do will each about how up out them then she many some so these would other "
        + "into has more her two like him see time could no make than first been its who now people my made over did down only way "
        + "find use may water long little very after words called just where most know get through back much before go good new "
        + "write our used me man too any day same right look think also around another came come work three word must because does "
        + "part even place well such here take why things help put years different away again off went old number great tell men say "
        + "small every found still between name should home big give air line set own under read last never us left end along while "
        + "might next sound below saw something thought both few those always looked show large often together asked house world "
        + "going want school important until form food keep children feet land side without boy once animals life enough took four "
        + "head above kind began almost live page got earth need far hand high year mother light").Split(' ');

    /// <summary>Appends <paramref name="count"/> words, each with a space before it unless it begins the text.</summary>
    public static void Append(StringBuilder text, int count, SplitMix64 random)
    {
        for (var word = 0; word < count; word++)
        {
            if (text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(Words[random.Next(Words.Length)]);
        }
    }
}
