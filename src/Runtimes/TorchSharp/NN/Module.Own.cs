using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Lets a property replace a parameter: the old one is disposed, the new one registered.</summary>
            private protected void Own(string name, ref Parameter? field, Parameter? value)
            {
                if (field is not null && !ReferenceEquals(field, value))
                    field.Dispose();
                field = value?.DetachFromDisposeScope() as Parameter;
                ConditionallyRegisterParameter(name, field);
            }

            /// <summary>Lets a property replace a buffer: the old one is disposed, the new one registered.</summary>
            private protected void Own(string name, ref Tensor? field, Tensor? value)
            {
                if (field is not null && !ReferenceEquals(field, value))
                    field.Dispose();
                field = value?.DetachFromDisposeScope();
                ConditionallyRegisterBuffer(name, field);
            }
        }
    }
}
