const svg = (paths: string, isFilled = false) => (
  <svg
    viewBox="0 0 24 24"
    width="20"
    height="20"
    fill={isFilled ? "currentColor" : "none"}
    stroke={isFilled ? "none" : "currentColor"}
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={paths} />
  </svg>
);

export const SendIcon = () => svg("M12 19V5M6 11l6-6 6 6");
export const StopIcon = () => svg("M7 5h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z", true);
export const NewIcon = () => svg("M12 5v14M5 12h14");
export const DownIcon = () => svg("M12 5v14M6 13l6 6 6-6");
