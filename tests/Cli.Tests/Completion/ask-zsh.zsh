# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# ask-zsh.zsh FOLDER LINE: starts an interactive zsh in a pseudoterminal that finds _livewatcher in FOLDER, types LINE, asks for
# the list of completions, and prints what the shell has shown.
zmodload zsh/zpty
zpty -b shell "TERM=dumb zsh -f -i"

# Say something that the echo of the typing does not contain, and read up to there.
say_and_read() {
    zpty -w shell "print -r -- $1''$2"
    zpty -r shell shown "*$1$2*"
}

zpty -w shell "unsetopt zle_bracketed_paste prompt_cr prompt_sp 2>/dev/null; PS1=; COLUMNS=200; LISTMAX=10000; bindkey -e"
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -d ${(q)1}/.zcompdump"
zpty -w shell "stty -echo cols 200 rows 1000"
say_and_read REA DY

# ^D at a line's end lists, ^U takes the line away.
zpty -w -n shell "$2"$'\x04\x15'
say_and_read DO NE
print -r -- ${shown%DONE*}
zpty -d shell
