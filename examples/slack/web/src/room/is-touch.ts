/** Whether there are but fingers: no pointer, and a keyboard on glass. */
export const isTouch = (): boolean => window.matchMedia("(hover: none) and (pointer: coarse)").matches;
