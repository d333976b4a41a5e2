/** The console's page. */

import { render } from 'preact';

import { Screen } from './screen.ts';
import './styles/index.css';
import { App } from './view/app.tsx';

const screen = new Screen();
screen.start();
render(<App screen={screen} />, document.body);
