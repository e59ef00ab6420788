using System.Globalization;
using System.Text.Json;
using Unreel.Pipelines;

namespace Unreel.Evaluate;

/// <summary>A part's answers as a file in the work folder, whose numbers come back bit for bit.</summary>
internal static class AnswerFile
{
    private const string Prefix = "answers.";

    /// <summary>Writes a part's answers.</summary>
    /// <returns>The file's name.</returns>
    public static async Task<string> WriteAsync(string folder, StageShard shard, IReadOnlyList<ClipAnswer> answers, CancellationToken ct)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{shard.Index}-of-{shard.Count}.json"), path = Path.Combine(folder, name);
        await File.WriteAllBytesAsync(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(answers), ct);
        File.Move(path + ".tmp", path, overwrite: true);
        return name;
    }

    /// <summary>Reads all answers in a folder, one for each place.</summary>
    /// <param name="folder">The work folder.</param>
    /// <param name="names">The names of the clips, by their places.</param>
    /// <param name="classes">How many probabilities an answer has.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="IOException">A file is none of answers, or of answers to other clips.</exception>
    public static async Task<IReadOnlyList<ClipAnswer>> ReadAsync(string folder, IReadOnlyList<string> names, int classes, CancellationToken ct)
    {
        SortedDictionary<int, ClipAnswer> answers = [];
        foreach (string file in Directory.EnumerateFiles(folder, Prefix + "*.json").Order(StringComparer.Ordinal))
        {
            foreach (ClipAnswer answer in Parse(await File.ReadAllBytesAsync(file, ct), file))
            {
                bool fits = answer.Place >= 0 && answer.Place < names.Count && names[answer.Place] == answer.Clip
                    && (answer.Probabilities is null ? answer.Error is not null : answer.Error is null && answer.Probabilities.Length == classes);
                if (!fits)
                    throw new IOException($"{file} has an answer for clip {answer.Place}, {answer.Clip}, which is not there or has not {classes} classes; remove the file, and the clips are measured again.");
                answers[answer.Place] = answer;
            }
        }

        return [.. answers.Values];
    }

    private static ClipAnswer[] Parse(byte[] json, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ClipAnswer[]>(json) ?? [];
        }
        catch (JsonException e)
        {
            throw new IOException($"{file} holds no answers ({e.Message}); remove it, and the clips are measured again.", e);
        }
    }
}
