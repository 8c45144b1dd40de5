// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render.Screen;

/// <summary>What the terminal has to offer.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Lines.</param>
/// <param name="Colour">SGR sequences may be used; else no escape sequence is in any line.</param>
/// <param name="Unicode">Block characters can be shown; else everything is ASCII.</param>
public readonly record struct ScreenLook(int Width, int Height, bool Colour, bool Unicode);
