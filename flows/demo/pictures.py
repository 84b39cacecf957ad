"""Pictures for the sample sites: drawn, so that none had to be taken."""

from __future__ import annotations

import hashlib


def picture(name: str) -> str:
    """A quiet abstract picture, always the same for the same name, as SVG."""
    seed = hashlib.sha256(name.encode()).digest()
    hue = seed[0] * 360 // 256
    hills = "".join(
        f'<path d="M0 {at} Q{150 + seed[i] % 100} {at - 90} 400 {at - seed[i] % 50} T800 {at} V450 H0Z" '
        f'fill="hsl({hue + 12 * i},28%,{62 - 9 * i}%)"/>'
        for i, at in enumerate((250, 300, 350, 400), 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 450" role="img">'
        f'<rect width="800" height="450" fill="hsl({hue},35%,82%)"/>'
        f'<circle cx="{120 + seed[5] * 2}" cy="{70 + seed[6] // 3}" r="38" fill="hsl({hue + 40},70%,92%)"/>'
        f"{hills}</svg>"
    )
