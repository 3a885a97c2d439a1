/**
 * Where everything of a region's picture stands, in CSS pixels: the field, its buildings, their floors and the windows in them. Pure geometry; the
 * page draws it. A building is an elevation with a little depth to the right; a floor is an availability zone; a window is room for one mark.
 */
import { dataCenters, zones, type DataCenter, type Region, type Zone } from "../../../worker/contract/topology.ts";

export interface Point {
  x: number;
  y: number;
}
export interface Box extends Point {
  width: number;
  height: number;
}

export interface Floor extends Box {
  zone: Zone;
  /** Centers of the windows, row by row. */
  windows: Point[];
}

/** Two zones of one building and one area: what runs in both hears each other within the building. */
export interface Riser {
  from: Zone;
  to: Zone;
  points: Point[];
}

export interface Building extends Box {
  dataCenter: DataCenter;
  depth: number;
  floors: Floor[];
  risers: Riser[];
}

export interface RegionPicture {
  region: Region;
  width: number;
  height: number;
  buildings: Building[];
  /** The line between the region's buildings, from one to the next. */
  links: { from: Point; to: Point }[];
}

const margin = 20;
const titleHeight = 64;
const groundHeight = 58;
const floorHeight = 96;
const floorGap = 6;
const roofHeight = 12;
const riserRoom = 26;
const windowPitch = 13;
const windowRows = 3;
/** A data center without zones is drawn as high as one closed floor. */
const emptyFloors = 1;

/** @param width of the field; two buildings stand side by side where there is room for them, else one above the other. */
export function layOut(region: Region, width: number): RegionPicture {
  const codes = (Object.keys(dataCenters) as DataCenter[]).filter((code) => dataCenters[code].region === region);
  const columns = width >= 520 ? 2 : 1;
  const gap = columns === 2 ? 44 : 0;
  const blockWidth = Math.floor((width - 2 * margin - gap * (columns - 1)) / columns);
  const rows: DataCenter[][] = columns === 2 ? [codes] : codes.map((code) => [code]);

  const buildings: Building[] = [];
  let bottom = titleHeight;
  for (const row of rows) {
    const highest = Math.max(...row.map((code) => buildingHeight(code)));
    bottom += highest + roofHeight;
    row.forEach((code, column) => {
      buildings.push(build(code, margin + column * (blockWidth + gap), bottom, blockWidth));
    });
    bottom += groundHeight;
  }
  return { region, width, height: bottom + 4, buildings, links: linksBetween(buildings, columns) };
}

function zonesOf(code: DataCenter): Zone[] {
  return (Object.keys(zones) as Zone[]).filter((zone) => zones[zone].dataCenter === code);
}

function buildingHeight(code: DataCenter): number {
  const floors = Math.max(zonesOf(code).length, emptyFloors);
  return floors * floorHeight + (floors + 1) * floorGap;
}

function build(code: DataCenter, x: number, bottom: number, blockWidth: number): Building {
  const depth = 14;
  const width = blockWidth - depth;
  const height = buildingHeight(code);
  const y = bottom - height;
  const here = zonesOf(code);
  const shaft = new Set(here.map((zone) => zones[zone].area)).size < here.length ? riserRoom : 0;
  // The first zone stands lowest.
  const floors = here.map((zone, level) => {
    const box = {
      x: x + floorGap,
      y: bottom - floorGap - (level + 1) * floorHeight - level * floorGap,
      width: width - 2 * floorGap - shaft,
      height: floorHeight,
    };
    return { zone, ...box, windows: windowsIn(box) };
  });
  return { dataCenter: code, x, y, width, height, depth, floors, risers: risersOf(floors) };
}

function windowsIn(box: Box): Point[] {
  const perRow = Math.max(1, Math.floor((box.width - 24) / windowPitch));
  return Array.from({ length: perRow * windowRows }, (_, index) => ({
    x: box.x + 12 + windowPitch / 2 + (index % perRow) * windowPitch,
    y: box.y + 54 + Math.floor(index / perRow) * windowPitch,
  }));
}

function risersOf(floors: Floor[]): Riser[] {
  const risers: Riser[] = [];
  floors.forEach((floor, index) => {
    const next = floors.slice(index + 1).find((other) => zones[other.zone].area === zones[floor.zone].area);
    if (!next) return;
    const side = floor.x + floor.width;
    const from = floor.y + floor.height / 2;
    const to = next.y + next.height / 2;
    risers.push({
      from: floor.zone,
      to: next.zone,
      points: [
        { x: side, y: from },
        { x: side + 14, y: from },
        { x: side + 14, y: to },
        { x: side, y: to },
      ],
    });
  });
  return risers;
}

function linksBetween(buildings: Building[], columns: number): RegionPicture["links"] {
  const [first, second] = buildings;
  if (!first || !second) return [];
  if (columns === 2) {
    const y = first.y + first.height - 22;
    return [{ from: { x: first.x + first.width + first.depth, y }, to: { x: second.x, y } }];
  }
  const x = first.x + first.width / 2;
  return [{ from: { x, y: first.y + first.height + 48 }, to: { x, y: second.y - roofHeight } }];
}

/**
 * Which mark stands in which window: one resource a window as long as they fit, else a window for every `per` resources. A status that is there is
 * never rounded away.
 */
export function marksFor(counts: Readonly<Record<string, number>>, windows: number): { per: number; marks: string[] } {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
  const room = Math.max(1, windows - Object.keys(counts).length);
  const per = steps.find((step) => total / step <= room) ?? Math.ceil(total / room);
  const marks = Object.entries(counts).flatMap(([status, count]) => Array.from({ length: Math.ceil(count / per) }, () => status));
  return { per, marks: marks.slice(0, windows) };
}
