using System.Globalization;
using System.Text;

namespace Unreel.Distributed;

/// <summary>The table of keys of a <see cref="Board"/>; whoever asks for a key that has no value yet is answered when it has. Not safe for several threads.</summary>
internal sealed class BoardTable
{
    private readonly Dictionary<string, byte[]> _values = [];
    private readonly List<(BoardMember Asker, Frame Question)> _waiting = [];

    /// <summary>Whether somebody who is still there waits for a value.</summary>
    public bool IsAwaited => _waiting.Exists(wait => !wait.Asker.HasLeft);

    /// <summary>Does what a frame about keys asks for; others are none of its business.</summary>
    public void Handle(BoardMember member, Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Set:
                _values[frame.Key] = frame.Bytes;
                AnswerWaiting();
                break;
            case FrameKind.Get:
                _waiting.Add((member, frame));
                AnswerWaiting();
                break;
            case FrameKind.Has:
                Answer(member, frame, [_values.ContainsKey(frame.Key) ? (byte)1 : (byte)0]);
                break;
            case FrameKind.Add:
                Answer(member, frame, Add(frame));
                AnswerWaiting();
                break;
            default:
                break;
        }
    }

    private byte[] Add(Frame frame)
    {
        // As c10d's stores do it: the sum is kept as decimal text.
        long sum = (_values.TryGetValue(frame.Key, out byte[]? before) ? Number(before) : 0) + Number(frame.Bytes);
        return _values[frame.Key] = Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture));
    }

    private static long Number(byte[] text) => long.TryParse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new IOException("a process counts with what is no number");

    private void AnswerWaiting()
    {
        foreach ((BoardMember asker, Frame question) in _waiting.Where(wait => _values.ContainsKey(wait.Question.Key)).ToArray())
        {
            _waiting.Remove((asker, question));
            Answer(asker, question, _values[question.Key]);
        }
    }

    private static void Answer(BoardMember member, Frame question, byte[] value) => member.Send(new Frame(FrameKind.Answer, question.Number, question.Key, value));
}
