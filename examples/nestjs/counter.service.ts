import { Injectable } from "@nestjs/common"

/** A service of the application that handlers use: it counts the greetings. */
@Injectable()
export class CounterService {
  #count = 0

  next(): number {
    this.#count += 1
    return this.#count
  }
}
