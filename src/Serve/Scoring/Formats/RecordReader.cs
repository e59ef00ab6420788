namespace Unreel.Serve.Scoring;

/// <summary>Takes a file apart into lines, holding no more than one; line ends between quotes belong to the line where <paramref name="quotes"/> says so.</summary>
/// <param name="stream">The file, from its beginning.</param>
/// <param name="quotes">Whether a quoted line end is none.</param>
internal sealed class RecordReader(Stream stream, bool quotes)
{
    /// <summary>The longest line that is borne; no row comes near it.</summary>
    public const int MaxBytes = 16 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start, _filled, _scanned;
    private bool _quoted;
    private long _offset;

    /// <summary>The offset after the line read last.</summary>
    public long End => _offset + _start;

    /// <summary>The next line, its end included; valid until the next call.</summary>
    /// <param name="line">The line.</param>
    /// <param name="orRest">Whether a last line without an end is one.</param>
    /// <exception cref="FormatException">A line is longer than <see cref="MaxBytes"/>.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line, bool orRest = false)
    {
        do
        {
            for (; _scanned < _filled; _scanned++)
            {
                if (quotes && _buffer[_scanned] == '"')
                    _quoted = !_quoted;
                else if (!_quoted && _buffer[_scanned] == '\n')
                    return Take(++_scanned, out line);
            }
        }
        while (Fill());

        return Take(orRest ? _filled : _start, out line);
    }

    private bool Take(int end, out ReadOnlyMemory<byte> line)
    {
        line = _buffer.AsMemory(_start, end - _start);
        _start = end;
        return line.Length > 0;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            (_offset, _filled, _scanned, _start) = (_offset + _start, _filled - _start, _scanned - _start, 0);
        }

        if (_filled == _buffer.Length)
        {
            if (_filled >= MaxBytes)
                throw new FormatException($"it has a line of more than {MaxBytes} bytes");
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        return read > 0;
    }
}
