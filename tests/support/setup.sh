#!/bin/sh
# Install the Debian packages named as arguments that are missing; where that cannot be
# done, say what is missing and what to type.
set -u

missing=
for package in "$@"; do
    # pkg-config is a name that another package may provide
    if [ "$package" = pkg-config ] && command -v pkg-config >/dev/null; then
        continue
    fi
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
else
    as_root=none
fi
if ! command -v apt-get >/dev/null || [ "$as_root" = none ]; then
    echo "Missing packages:$missing" >&2
    echo "They cannot be installed from here. On Debian 12, type:" >&2
    echo "    sudo apt-get update && sudo apt-get install --yes$missing" >&2
    echo "On another system install what these provide: Lua 5.4 with headers, LuaUnit," >&2
    echo "argparse and dkjson for Lua, libedit, zlib and pkg-config." >&2
    exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null && exit 0
echo "Installing failed. To try by hand:" >&2
echo "    sudo apt-get update && sudo apt-get install --yes$missing" >&2
exit 1
