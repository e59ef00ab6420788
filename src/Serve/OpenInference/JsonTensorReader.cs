using System.Text.Json;

namespace Unreel.Serve.OpenInference;

/// <summary>Reads the numbers of a tensor out of JSON, flat or nested, without a thing made for each.</summary>
internal static class JsonTensorReader
{
    private const int MostLevels = 8;

    /// <summary>Reads from the opening bracket to the closing one.</summary>
    /// <param name="reader">At the opening bracket; left at the closing one.</param>
    /// <param name="json">The bytes that <paramref name="reader"/> reads. An element of a byte takes two letters or more with its comma, so that it is laid where they were.</param>
    /// <exception cref="Http.RequestException">An element is no byte, or the arrays differ in length.</exception>
    public static JsonTensor Read(ref Utf8JsonReader reader, Span<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw InferErrors.Refused("The 'data' of an input is no array.");

        int start = (int)reader.TokenStartIndex, written = start;
        Levels levels = new();
        levels.Open();
        while (levels.Depth > 0)
        {
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    levels.Open();
                    break;
                case JsonTokenType.EndArray:
                    levels.Close();
                    break;
                default:
                    levels.Count();
                    json[written++] = Element(ref reader, written - start);
                    break;
            }
        }

        return new JsonTensor(start, written - start, levels.Counts);
    }

    private static byte Element(ref Utf8JsonReader reader, int number)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out byte value))
            return value;

        string found = reader.TokenType == JsonTokenType.Number ? "another number" : $"a {reader.TokenType}";
        throw InferErrors.Refused($"Element {number} of the input's data is {found}; expected a whole number from 0 to 255.");
    }

    /// <summary>Sees to it that arrays of one level are of one length and hold either arrays or numbers.</summary>
    private sealed class Levels
    {
        private readonly int[] _here = new int[MostLevels];
        private readonly int[] _length = new int[MostLevels];
        private int _deepest;
        private bool _hasNumbers;

        public int Depth { get; private set; }

        public IReadOnlyList<int> Counts => _length[.._deepest];

        public void Open()
        {
            if (Depth == MostLevels)
                throw InferErrors.Refused($"The input's data are nested more than {MostLevels} deep.");
            if (Depth > 0)
                _here[Depth - 1]++;
            if (_hasNumbers && Depth + 1 > _deepest)
                throw Irregular();

            _here[Depth++] = 0;
            if (Depth > _deepest)
                (_deepest, _length[Depth - 1]) = (Depth, -1);
        }

        public void Count()
        {
            // Numbers lie on the deepest level only, and once there are any, none lies deeper.
            if (Depth != _deepest)
                throw Irregular();

            _hasNumbers = true;
            _here[Depth - 1]++;
        }

        public void Close()
        {
            Depth--;
            if (_length[Depth] >= 0 && _length[Depth] != _here[Depth])
                throw Irregular();

            _length[Depth] = _here[Depth];
        }

        private static Http.RequestException Irregular() => InferErrors.Refused("The input's data are nested irregularly; expected one array, or arrays as long as the shape says.");
    }
}
